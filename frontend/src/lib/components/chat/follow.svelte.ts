/** Keeps a scrolling box at its end while the reader is there, and leaves them alone when not. */
const NEAR_END_PX = 48;

export class FollowEnd {
  /** The reader has scrolled away from the end. */
  away = $state(false);
  #box: HTMLElement | null = null;
  #top = 0;

  /** For `{@attach}` on the box whose one child grows. */
  attach = (box: HTMLElement): (() => void) => {
    this.#box = box;
    const onscroll = () => this.#scrolled();
    const observer = new ResizeObserver(() => {
      if (!this.away) this.toEnd();
      else onscroll();
    });
    observer.observe(box);
    if (box.firstElementChild) observer.observe(box.firstElementChild);
    box.addEventListener('scroll', onscroll, { passive: true });
    this.toEnd();
    return () => {
      observer.disconnect();
      box.removeEventListener('scroll', onscroll);
      this.#box = null;
    };
  };

  toEnd(): void {
    this.away = false;
    if (this.#box) this.#box.scrollTop = this.#box.scrollHeight;
  }

  #scrolled(): void {
    const box = this.#box;
    if (!box) return;
    const near = box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR_END_PX;
    // Only a move up is the reader's: text may have grown since the page last followed it.
    if (near) this.away = false;
    else if (box.scrollTop < this.#top) this.away = true;
    this.#top = box.scrollTop;
  }
}

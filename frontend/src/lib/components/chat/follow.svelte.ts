/** Keeps a scrolling box at its end while the reader is there, and leaves them alone when not. */
const NEAR_END_PX = 48;
/** How long after the reader's hand a move of the page is still theirs: a flick rolls on. */
const HAND_MS = 1000;
const HANDS = ['wheel', 'touchmove', 'keydown', 'pointerdown', 'pointermove'] as const;

export class FollowEnd {
  /** The reader has scrolled away from the end. */
  away = $state(false);
  #box: HTMLElement | null = null;
  #top = 0;
  #handAt = -Infinity;

  /** For `{@attach}` on the box whose one child grows. */
  attach = (box: HTMLElement): (() => void) => {
    this.#box = box;
    const onscroll = () => this.#scrolled();
    const onhand = (event: Event) => {
      if (event.type !== 'pointermove' || (event as PointerEvent).buttons > 0)
        this.#handAt = performance.now();
    };
    const observer = new ResizeObserver(() => {
      if (!this.away) this.toEnd();
      else onscroll();
    });
    observer.observe(box);
    if (box.firstElementChild) observer.observe(box.firstElementChild);
    box.addEventListener('scroll', onscroll, { passive: true });
    for (const hand of HANDS) box.addEventListener(hand, onhand, { passive: true });
    this.toEnd();
    return () => {
      observer.disconnect();
      box.removeEventListener('scroll', onscroll);
      for (const hand of HANDS) box.removeEventListener(hand, onhand);
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
    // Only a move up by hand is the reader's: the text may have grown since the page last followed
    // it, and rows that are measured anew move the page by themselves.
    const byHand = performance.now() - this.#handAt < HAND_MS;
    if (near) this.away = false;
    else if (byHand && box.scrollTop < this.#top) this.away = true;
    this.#top = box.scrollTop;
  }
}

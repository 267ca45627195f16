/**
 * Gathers many small changes into one a display frame, so that a fast reply repaints 60 times a
 * second and not once a token. A hidden tab has no frames: there, changes are made at once.
 */
export class FrameBatch {
  #scheduled = false;

  constructor(private readonly flush: () => void) {}

  request(): void {
    if (this.#scheduled) return;
    if (typeof requestAnimationFrame === 'undefined' || document.hidden) {
      this.flush();
      return;
    }
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}

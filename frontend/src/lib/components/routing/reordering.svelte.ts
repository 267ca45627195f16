/** Dragging one item of a list by its handle: which one, and where it would land. */
import { landing } from '$lib/reorder';

export class Reordering {
  /** The place of the item that is being dragged. */
  from = $state<number | null>(null);
  /** Where it would land if it were let go now. */
  to = $state<number | null>(null);

  constructor(
    private readonly list: () => HTMLElement | undefined,
    private readonly drop: (from: number, to: number) => void,
  ) {}

  start(event: PointerEvent, place: number): void {
    if (event.button !== 0) return;
    event.preventDefault();
    (event.currentTarget as HTMLElement).focus();
    this.from = this.to = place;
  }

  follow(event: PointerEvent): void {
    const list = this.list();
    if (this.from === null || !list) return;
    const items = [...list.children];
    this.to = landing(
      items.map((item) => item.getBoundingClientRect()),
      this.from,
      event.clientY,
    );
    items[this.to]?.scrollIntoView({ block: 'nearest' });
  }

  end(): void {
    const { from, to } = this;
    this.cancel();
    if (from !== null && to !== null && from !== to) this.drop(from, to);
  }

  cancel(): void {
    this.from = this.to = null;
  }
}

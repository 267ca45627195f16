/** What the keys that work everywhere have opened. */
import { belongsToSession } from './belongings';

export type PaletteScope = 'everything' | 'models';

export class Keyboard {
  /** What the palette is open for; null while it is not. */
  palette = $state<PaletteScope | null>(null);
  /** What was typed into the palette, be it before it was there. */
  typed = $state('');
  /** The sheet of shortcuts. */
  sheet = $state(false);

  /** What was typed last time is over. */
  open(scope: PaletteScope): void {
    this.palette = scope;
    this.typed = '';
  }

  close(): void {
    this.palette = null;
    this.sheet = false;
  }
}

export const keyboard = new Keyboard();
belongsToSession(() => keyboard.close());

/** What a finger can hit. */
import type { Locator } from '@playwright/test';

/**
 * Every control below `root` that is shown and can be hit on less than 40 px in one direction, by its name. A link
 * within a sentence does not count: the line height is what it is.
 */
export async function hardToHit(root: Locator): Promise<string[]> {
  return root.evaluate((node) => {
    const REACH = 19.5;
    const CONTROLS = 'a[href], button, select, summary, input, textarea';

    function isHit(control: HTMLElement, x: number, y: number): boolean {
      const there = document.elementFromPoint(x, y);
      if (!there) return false;
      const label = there.closest('label');
      return control.contains(there) || (label !== null && label.control === control);
    }

    function canBeHit(control: HTMLElement): boolean {
      control.scrollIntoView({ block: 'center', inline: 'center' });
      const box = control.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const across =
        box.width >= 40 || (isHit(control, x - REACH, y) && isHit(control, x + REACH, y));
      const along =
        box.height >= 40 || (isHit(control, x, y - REACH) && isHit(control, x, y + REACH));
      return across && along;
    }

    return [...node.querySelectorAll<HTMLElement>(CONTROLS)]
      .filter((control) => {
        const { display, pointerEvents } = getComputedStyle(control);
        const { width, right, bottom } = control.getBoundingClientRect();
        // Inline, hidden from sight, or put outside until it has the focus.
        if (display === 'inline' || pointerEvents === 'none') return false;
        if (width <= 1 || right <= 0 || bottom <= 0) return false;
        return control.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      })
      .filter((control) => !control.matches(':disabled') && !canBeHit(control))
      .map((control) => {
        const name = control.getAttribute('aria-label') ?? control.textContent.trim();
        const { width, height } = control.getBoundingClientRect();
        return `${name} (${Math.round(width)} by ${Math.round(height)})`;
      });
  });
}

/** For `{@attach}` on what stands at the end of a list: runs `ask` whenever it comes into view. */
export function whenSeen(ask: () => void) {
  return (node: HTMLElement): (() => void) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) ask();
      },
      { rootMargin: '200px' },
    );
    observer.observe(node);
    return () => observer.disconnect();
  };
}

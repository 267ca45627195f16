/** The part of Temml that is used here; its own types are not found under its export map. */
declare module 'temml' {
  interface Options {
    displayMode: boolean;
    throwOnError: boolean;
    strict: boolean;
    trust: boolean;
    maxSize: [number, number];
    maxExpand: number;
  }
  const temml: { render(tex: string, node: HTMLElement, options: Options): void };
  export default temml;
}

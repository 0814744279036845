/** Tells the page how tall the panel is, an open list of choices included, whenever that changes. */
const BELOW_LIST = 12;

/**
 * @param {HTMLElement} card
 * @param {(height: number) => void} resize
 */
export function sizing(card, resize) {
  /** @type {HTMLElement | null} */
  let list = null;
  let told = 0;
  const measure = () => {
    const bottoms = /** @type {HTMLElement[]} */ ([card, list].filter(Boolean)).map((element) => element.getBoundingClientRect().bottom);
    const height = Math.ceil(Math.max(bottoms[0], (bottoms[1] ?? 0) + BELOW_LIST) + window.scrollY);
    if (height == told) return;
    told = height;
    resize(height);
  };
  const observer = new ResizeObserver(measure);
  observer.observe(card);
  return {
    include(/** @type {HTMLElement | null} */ open) {
      if (list) observer.unobserve(list);
      list = open;
      if (list) observer.observe(list);
      measure();
    },
  };
}

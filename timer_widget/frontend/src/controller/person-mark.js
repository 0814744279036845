/**
 * A mark that tells the people of one browser apart, kept with their clicks: whoever signs in next does not send them. It is a hash
 * (FNV-1a, twice 32 bits), so that the page's storage names nobody.
 * @param {{id: string} | undefined} person
 */
export function personMark(person) {
  const text = person?.id ?? "";
  const half = (/** @type {number} */ seed) => {
    let hash = seed;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return (hash >>> 0).toString(36);
  };
  return half(0x811c9dc5) + half(0x1b873593);
}

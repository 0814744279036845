/** A key that makes a repeated request recognisable. (`randomUUID` exists in secure contexts only; this works in all.) */
export const randomKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

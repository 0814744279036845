// Redoc ends its menu with its maker's logo, from their server. The page's policy blocks what comes from elsewhere, and the console
// would tell everybody who looks. So such an image is none from the start: it fails, and Redoc leaves it out.
const { prototype } = HTMLImageElement;
const source = Object.getOwnPropertyDescriptor(prototype, "src");
const isOurs = (url) => url.startsWith("data:") || new URL(url, location.href).origin === location.origin;
const ours = (url) => (isOurs(String(url)) ? url : "data:,");

Object.defineProperty(prototype, "src", {
  ...source,
  set(url) {
    source.set.call(this, ours(url));
  },
});
prototype.setAttribute = function (name, value) {
  Element.prototype.setAttribute.call(this, name, name === "src" ? ours(String(value)) : value);
};

// The two pages of frames: until the customer's account is linked and copied there is nothing to show, and this says what to do.
const frame = document.querySelector("harvest-insights, harvest-invoices");
const hint = document.getElementById("hint");
const HINTS = {
  409: "Connect Harvest first: press a timer on one of the tickets.",
  503: "The account is being copied for the first time; this takes a minute or two.",
};

frame.token = async () => {
  const answer = await fetch(frame.getAttribute("token-url"), { method: "POST" });
  hint.textContent = HINTS[answer.status] ?? "";
  if (!answer.ok) throw { code: "not_mirrored", message: `${answer.status}` };
  return (await answer.json()).token;
};
for (const name of ["harvest-insights", "harvest-invoices"]) {
  addEventListener(`${name}:ready`, () => (hint.textContent = ""));
  addEventListener(`${name}:error`, ({ detail }) => {
    if (["not_mirrored", "mirror_required", "stream_not_complete"].includes(detail.code)) {
      hint.textContent ||= HINTS[503];
      clearTimeout(frame.again);
      frame.again = setTimeout(() => frame.reload(), 6000);
    }
  });
}

// The preview of a template: asks the admin what it makes of the sample deal, shortly after the last change.
const box = document.getElementById("deal-preview");
const content = document.querySelector("[name=content]");
const sample = document.querySelector("[name=sample]");
let timer;

async function show() {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("content", content.value);
  body.set("sample", sample.value);
  const answer = await fetch(box.dataset.address, { method: "POST", body, credentials: "same-origin" });
  const found = await answer.json();
  box.dataset.color = found.problem ? "danger" : "";
  box.textContent = found.problem ?? JSON.stringify(found.wanted, null, 2);
}

if (box && content && sample) {
  for (const field of [content, sample]) {
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(show, 300);
    });
  }
  show();
}

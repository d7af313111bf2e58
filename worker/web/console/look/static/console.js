// The console works without this. With it: search as you type, live progress, passkeys, and a word when keepwarm is away.
"use strict";

const offline = (() => {
  const box = document.createElement("p");
  box.className = "offline";
  box.setAttribute("role", "alert");
  box.textContent = "keepwarm isn't answering. If it was stopped, start it again with “keepwarm”; this page goes on by itself.";
  return (away) => (away ? document.body.append(box) : box.remove());
})();

// [data-live] is replaced by the same part of a fresh page, every so many seconds.
for (const part of document.querySelectorAll("[data-live]")) {
  const again = async () => {
    try {
      if (document.hidden) return;
      const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
      offline(false);
      if (answer.redirected) return location.reload();
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
      if (!fresh) return location.reload();
      if (!part.contains(document.activeElement) && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
    } catch { offline(true); }
  };
  setInterval(again, 1000 * Number(part.dataset.live));
}

// form[data-search] is sent as one types; only its results are replaced.
for (const form of document.querySelectorAll("form[data-search]")) {
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const address = form.action + "?" + new URLSearchParams(new FormData(form));
      try {
        const answer = await fetch(address);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const results = document.getElementById("results");
        results.replaceChildren(...page.getElementById("results").childNodes);
        history.replaceState(null, "", address);
        offline(false);
      } catch { offline(true); }
    }, 200);
  });
}

for (const input of document.querySelectorAll("input[type=file]")) {
  for (const [event, over] of [["dragover", true], ["dragleave", false], ["drop", false]])
    input.addEventListener(event, () => input.classList.toggle("over", over));
}

// Passkeys: the options come with the form's page, or are asked for; the answer goes back in the form.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    const trouble = document.querySelector("[data-passkey-trouble]");
    try {
      const options = await (await fetch("/passkey/" + form.dataset.passkey, { method: "POST", body: new URLSearchParams(new FormData(form)) })).json();
      options.challenge = bytes(options.challenge);
      for (const list of [options.allowCredentials, options.excludeCredentials]) for (const one of list || []) one.id = bytes(one.id);
      if (options.user) options.user.id = bytes(options.user.id);
      const making = form.dataset.passkey === "make";
      const found = await (making ? navigator.credentials.create({ publicKey: options }) : navigator.credentials.get({ publicKey: options }));
      const response = { clientDataJSON: text(found.response.clientDataJSON) };
      for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
        if (found.response[name]) response[name] = text(found.response[name]);
      form.elements.answer.value = JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response, clientExtensionResults: {} });
      form.submit();
    } catch {
      trouble.textContent = "Your device didn't give a passkey. Try again, or use another way.";
      trouble.hidden = false;
    }
  });
}

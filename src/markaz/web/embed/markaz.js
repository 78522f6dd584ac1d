/* Follows the one contact for which this page was opened from a Markaz desk. Load it before scripts that read the
   fragment of the address: <script src="https://CENTRE/embed/markaz.js"></script>
   Then: document.addEventListener("markaz:contact", ({ detail }) => ...). window.markaz.contact is the last detail. */
(() => {
  "use strict";
  const NAME = "markaz_token";
  const TRIES_MAX = 10;
  const SECONDS_MAX = 30;
  const address = new URL("/api/embed/events", document.currentScript.src);
  const markaz = (window.markaz = { contact: null });

  // The token goes out of the address at once, so that nobody copies it; a reload of this tab still has it.
  function kept(token) {
    try {
      if (token === null) sessionStorage.removeItem(NAME);
      else if (token !== undefined) sessionStorage.setItem(NAME, token);
      return sessionStorage.getItem(NAME);
    } catch {
      return token;
    }
  }

  function taken() {
    const found = /[#&]markaz_token=([\w-]+)/.exec(location.hash);
    if (found === null) return kept();
    const rest = location.hash.replace(found[0], "").replace(/^&/, "#");
    history.replaceState(history.state, "", location.pathname + location.search + (rest === "#" ? "" : rest));
    kept(found[1]);
    return found[1];
  }

  let last = "";
  function tell(text) {
    if (text === last) return; // told again after the connection was lost
    last = text;
    markaz.contact = JSON.parse(text);
    document.dispatchEvent(new CustomEvent("markaz:contact", { detail: markaz.contact }));
  }

  async function read(token) {
    const answer = await fetch(address, {
      headers: { Authorization: `Bearer ${token}` }, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer",
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (text + value).split("\n\n");
      text = parts.pop();
      for (const part of parts) if (part.startsWith("data: ")) tell(part.slice(6));
    }
  }

  async function follow(token) {
    let tries = 0;
    while (tries < TRIES_MAX && markaz.contact?.state !== "wrapped_up") {
      const before = last;
      try {
        await read(token);
        tries = 0;
      } catch {
        tries = last === before ? tries + 1 : 1;
      }
      if (markaz.contact?.state !== "wrapped_up") {
        await new Promise((go) => setTimeout(go, Math.min(2 ** tries, SECONDS_MAX) * 1000));
      }
    }
    kept(null);
  }

  const token = taken();
  if (token) void follow(token);
})();

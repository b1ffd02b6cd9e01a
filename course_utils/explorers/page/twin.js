// Runs an explorer on a page without a kernel, in the figure that holds this script.
(async (home) => {
  home.dataset.running = ""; // hides the still picture before it can flash
  try {
    const data = home.querySelector('script[type="application/json"]').textContent;
    const { state, binary, shared, module } = JSON.parse(data);
    const kept = (window.explorerArrays ??= {}); // what an explorer above has brought
    for (const [name, text] of Object.entries(binary)) {
      const characters = atob(text);
      const bytes = new Uint8Array(characters.length); // a loop: from() takes 50 ms
      for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
      state[name] = new DataView(bytes.buffer);
      if (shared[name]) kept[shared[name]] = state[name];
    }
    for (const [name, key] of Object.entries(shared)) {
      if (!(state[name] ??= kept[key])) throw new Error(`no ${name} above: ${key}`);
    }
    // The part of anywidget's model that explorers use.
    const listeners = {};
    const model = {
      get: (name) => state[name],
      set: (name, value) => {
        if (JSON.stringify(value) === JSON.stringify(state[name])) return;
        state[name] = value;
        for (const listener of listeners[`change:${name}`] ?? []) listener();
      },
      on: (event, listener) => (listeners[event] ??= new Set()).add(listener),
      off: (event, listener) => listeners[event]?.delete(listener),
      save_changes: () => {},
    };
    const address = URL.createObjectURL(
      new Blob([module], { type: "text/javascript" }),
    );
    const explorer = (await import(address)).default;
    URL.revokeObjectURL(address);
    const el = document.createElement("div");
    home.append(el);
    home.explorer = { model, stop: explorer.render({ model, el }) };
  } catch (error) {
    delete home.dataset.running; // the still picture is better than nothing
    throw error;
  }
})(document.currentScript.parentElement);

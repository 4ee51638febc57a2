// Shows html; a press on [data-press] is sent to the kernel. The focus stays where it was when the html changes.
// With `every` (ms) it asks the kernel to look at what others wrote, as long as the page can be seen.
function render({ model, el }) {
  const named = (one) => one && `[data-press="${CSS.escape(one.dataset.press)}"][data-value="${CSS.escape(one.dataset.value ?? '')}"]`;
  const show = () => {
    const held = el.contains(document.activeElement) ? named(document.activeElement.closest('[data-press]')) : null;
    el.innerHTML = model.get('html');
    if (held) el.querySelector(`button${held}`)?.focus({ preventScroll: true });
  };
  el.addEventListener('click', (event) => {
    const one = event.target.closest('[data-press]');
    if (one && el.contains(one) && !one.disabled) model.send({ press: one.dataset.press, value: one.dataset.value ?? '' });
  });
  model.on('change:html', show);
  show();
  const every = model.get('every');
  if (!every) return undefined;
  const timer = setInterval(() => document.hidden || model.send({ press: 'look', value: '' }), every);
  return () => clearInterval(timer);
}
export default { render };

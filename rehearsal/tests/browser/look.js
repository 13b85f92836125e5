// What can be wrong with a page that is laid out: a list of complaints, empty where it is well.
(() => {
  const complaints = [];
  const complain = (text, node) => complaints.push(`${text}: ${(node.className?.baseVal ?? node.className) || node.nodeName} ${node.textContent.trim().slice(0, 60)}`);
  const visible = element => !element.closest('.unseen, title, style, symbol, thead') && element.getClientRects().length > 0;
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) complaints.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${width}`);

  // Bars and marks are inside their plots.
  for (const plot of document.querySelectorAll('.row .plot')) {
    const box = plot.getBoundingClientRect();
    for (const it of plot.querySelectorAll('.bar, .mark')) {
      const own = it.getBoundingClientRect();
      if (own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1) complain('outside its plot', it);
      if (own.width < 2 || own.height < 2) complain('too small to be seen', it);
    }
  }

  // Text is on the screen, not cut off, and stands out from what is behind it.
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const numbers = colour => colour.match(/[\d.]+/g).map(Number);
  const behind = element => {
    for (let it = element; it; it = it.parentElement) {
      const colour = numbers(getComputedStyle(it).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !visible(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.left < -0.5 || box.right > width + 0.5) complain('text beyond the screen', element);
      for (let it = element; it && it !== document.body; it = it.parentElement) {
        if (getComputedStyle(it).overflowX === 'visible') continue;
        const edge = it.getBoundingClientRect();
        if (box.left < edge.left - 0.5 || box.right > edge.right + 0.5 || box.bottom > edge.bottom + 1) complain('text cut off', element);
      }
    }
    const [light, dark] = [luminance(numbers(getComputedStyle(element).color)), luminance(behind(element))].sort((a, b) => b - a);
    if ((light + 0.05) / (dark + 0.05) < 4.5) complain(`contrast ${((light + 0.05) / (dark + 0.05)).toFixed(2)}`, element);
  }

  // No label of the axis lies over another.
  for (const axis of document.querySelectorAll('.head .plot')) {
    const boxes = [...axis.querySelectorAll('.tick, .cut')].filter(visible).filter(it => it.textContent).map(it => {
      const range = document.createRange();
      range.selectNodeContents(it);
      return [it, range.getBoundingClientRect()];
    });
    for (const [a, one] of boxes) for (const [b, other] of boxes) {
      if (a !== b && one.left < other.right && other.left < one.right && one.top < other.bottom - 1 && other.top < one.bottom - 1) complain(`over ${b.textContent}`, a);
    }
  }
  return complaints;
})()

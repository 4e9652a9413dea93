// Finds texts that are drawn over each other; returns the first few pairs, as people would read them.
() => {
    const MOST = 5;
    const SLACK = 2; // pixels, for rounding
    const LINE = 0.2; // of a text's box above and below its letters

    const isSeen = (element) =>
        element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });

    // Text for screen readers only is clipped to nothing; a menu's own list scrolls inside a box.
    const clipTo = (box, element) => {
        const seen = { left: box.left, right: box.right, top: box.top, bottom: box.bottom };
        for (let up = element; up && up !== document.body; up = up.parentElement) {
            const style = getComputedStyle(up);
            if (style.clipPath === "inset(50%)" || style.clip === "rect(0px, 0px, 0px, 0px)") return null;
            if (style.overflowX === "visible" && style.overflowY === "visible") continue;
            const around = up.getBoundingClientRect();
            seen.left = Math.max(seen.left, around.left);
            seen.right = Math.min(seen.right, around.right);
            seen.top = Math.max(seen.top, around.top);
            seen.bottom = Math.min(seen.bottom, around.bottom);
        }
        return seen.right - seen.left > SLACK && seen.bottom - seen.top > SLACK ? seen : null;
    };

    const isTurned = (element) => {
        const matrix = element.getScreenCTM?.();
        return matrix && (Math.abs(matrix.b) > 0.01 || Math.abs(matrix.c) > 0.01);
    };

    const boxes = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode;
        const element = node.parentElement;
        if (!node.data.trim() || !isSeen(element) || isTurned(element)) continue;
        if (element.closest("script, style, noscript, option, title, desc")) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
            const seen = clipTo(box, element);
            if (!seen) continue;
            const margin = LINE * (box.bottom - box.top);
            boxes.push({ ...seen, top: seen.top + margin, bottom: seen.bottom - margin, node, text: node.data.trim() });
        }
    }

    boxes.sort((one, other) => one.top - other.top);
    const found = new Set();
    boxes.forEach((one, index) => {
        for (let next = index + 1; next < boxes.length && boxes[next].top < one.bottom - SLACK; next++) {
            const other = boxes[next];
            if (one.node === other.node) continue;
            const shared = Math.min(one.right, other.right) - Math.max(one.left, other.left);
            if (shared > SLACK && Math.min(one.bottom, other.bottom) - other.top > SLACK) {
                found.add(`"${one.text.slice(0, 40)}" and "${other.text.slice(0, 40)}"`);
            }
        }
    });
    return [...found].slice(0, MOST);
};

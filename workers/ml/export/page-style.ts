/** Style of the offline page: light and dark, 390 px and up. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --bg: #f7f7f5;
  --ink: #1c1d1f;
  --soft: #62656b;
  --line: #dcdcd7;
  --card: #fff;
  --accent: #3b5bdb;
  --fill: #dbe4ff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #131416;
    --ink: #ececec;
    --soft: #9da1a8;
    --line: #2d2f34;
    --card: #1b1c20;
    --accent: #91a7ff;
    --fill: #26325e;
  }
}
* {
  box-sizing: border-box;
}
body {
  margin: 0;
  background: var(--bg);
  color: var(--ink);
  font:
    16px/1.5 system-ui,
    sans-serif;
}
main {
  max-width: 640px;
  margin: 0 auto;
  padding: 32px 16px 24px;
  display: grid;
  gap: 16px;
}
h1 {
  margin: 0;
  font-size: 24px;
  font-weight: 650;
  letter-spacing: -0.01em;
  overflow-wrap: anywhere;
}
header p,
footer,
#status {
  margin: 0;
  color: var(--soft);
  font-size: 14px;
}
.stage {
  aspect-ratio: 4/3;
  display: grid;
  place-items: center;
  background: var(--card);
  border: 1.5px dashed var(--line);
  border-radius: 14px;
  overflow: hidden;
  transition: border-color 0.15s;
}
.stage.over {
  border-color: var(--accent);
}
.stage.full {
  border-style: solid;
}
.stage > * {
  grid-area: 1/1;
}
.stage img,
.stage video {
  width: 100%;
  height: 100%;
  object-fit: contain;
  min-height: 0;
}
.stage img.small {
  image-rendering: pixelated;
}
[hidden] {
  display: none !important;
}
.invite {
  display: grid;
  text-align: center;
  padding: 16px;
  color: var(--soft);
}
.invite strong {
  color: var(--ink);
  font-size: 18px;
}
.actions {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
}
.button {
  font: inherit;
  font-size: 15px;
  padding: 8px 14px;
  border-radius: 9px;
  border: 1px solid var(--line);
  background: var(--card);
  color: inherit;
  cursor: pointer;
}
.button:hover,
.button[aria-pressed='true'] {
  border-color: var(--accent);
}
.button:focus-visible,
.button:focus-within {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}
.button input {
  position: absolute;
  opacity: 0;
  width: 1px;
  height: 1px;
}
ol {
  list-style: none;
  margin: 0;
  padding: 0;
  display: grid;
  gap: 6px;
  min-height: 190px;
  align-content: start;
}
li {
  position: relative;
  display: flex;
  justify-content: space-between;
  gap: 12px;
  padding: 6px 12px;
  border-radius: 8px;
  background: var(--card);
  border: 1px solid var(--line);
  overflow: hidden;
}
li:first-child {
  font-weight: 650;
}
li span {
  position: relative;
  overflow-wrap: anywhere;
}
li span:last-child {
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}
li progress {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  appearance: none;
  border: 0;
  background: none;
}
li progress::-webkit-progress-bar {
  background: none;
}
li progress::-webkit-progress-value {
  background: var(--fill);
}
li progress::-moz-progress-bar {
  background: var(--fill);
}
`;

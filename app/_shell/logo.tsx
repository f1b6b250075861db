/** The mark: an iris around a pupil that looks up. */
export const Logo = ({ size = 20 }: { size?: number }) => (
  <svg viewBox="0 0 20 20" width={size} height={size} aria-hidden className="shrink-0">
    <circle cx="10" cy="10" r="9" className="fill-accent" />
    <circle cx="11.6" cy="8.4" r="4.6" className="fill-white" />
    <circle cx="12.6" cy="7.4" r="2.2" className="fill-accent" />
  </svg>
);

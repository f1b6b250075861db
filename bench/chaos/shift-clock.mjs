/** Loaded before everything else: the clock of this process is off by CHAOS_CLOCK_HOURS. Timers are not. */
const shift = Number(process.env.CHAOS_CLOCK_HOURS ?? 0) * 3_600_000;
const Right = Date;

globalThis.Date = class extends Right {
  constructor(...args) {
    if (args.length === 0) super(Right.now() + shift);
    else super(...args);
  }

  static now() {
    return Right.now() + shift;
  }
};

/** The same answers, each computed once: names are few where files are many. */
export function remember<T>(compute: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    let answer = known.get(name);
    if (answer === undefined) {
      answer = compute(name);
      known.set(name, answer);
    }
    return answer;
  };
}

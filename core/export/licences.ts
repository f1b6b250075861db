/** What people choose from for a model's licence: SPDX identifiers, https://spdx.org/licenses/. */
export const LICENCES = [
  { id: 'CC0-1.0', title: 'CC0 1.0, no rights reserved' },
  { id: 'CC-BY-4.0', title: 'CC BY 4.0, with attribution' },
  { id: 'CC-BY-SA-4.0', title: 'CC BY-SA 4.0, share alike' },
  { id: 'CC-BY-NC-4.0', title: 'CC BY-NC 4.0, not commercial' },
  { id: 'MIT', title: 'MIT' },
  { id: 'Apache-2.0', title: 'Apache 2.0' },
  { id: 'LicenseRef-Proprietary', title: 'Proprietary, all rights reserved' },
] as const;

export const isListedLicence = (licence: string): boolean => LICENCES.some(({ id }) => id === licence);

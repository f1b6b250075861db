import type { letter as english } from '../../en/rooms/letter.ts';

export const letter: Record<keyof typeof english, string> = {
  'letter.subject': 'Pupil의 새 비밀번호',
  'letter.hello': '{name} 님, 안녕하세요.',
  'letter.hour': '아래 링크를 열어 새 비밀번호를 정하세요. 1시간 안에 한 번만 쓸 수 있습니다.',
  'letter.day': '아래 링크를 열어 새 비밀번호를 정하세요. 하루 안에 한 번만 쓸 수 있습니다.',
  'letter.else': '요청한 적이 없다면 아무것도 하지 않으셔도 됩니다. 비밀번호는 그대로입니다.',
};

import type { change as english } from '../../en/rooms/change.ts';

export const change: Record<keyof typeof english, string> = {
  'change.doing.exclude': '제외하는 중',
  'change.doing.delete': '삭제하는 중',
  'change.doing.restore': '되살리는 중',
  'change.doing.move': '옮기는 중',
  'change.doing.tag': '태그 다는 중',
  'change.doing.untag': '태그 떼는 중',
  'change.done.exclude': '이미지 {count}장을 제외했습니다',
  'change.done.delete': '이미지 {count}장을 삭제했습니다',
  'change.done.restore': '이미지 {count}장을 되살렸습니다',
  'change.done.move': '이미지 {count}장을 {split,으로} 옮겼습니다',
  'change.done.tag': '이미지 {count}장에 “{tag}” 태그를 달았습니다',
  'change.done.untag': '이미지 {count}장에서 “{tag}” 태그를 뗐습니다',
  'change.kept':
    '이미지 {count}장은 풀에 남습니다. 모델이 사람에게 물으려고 고른 것이고, 측정에 쓰는 이미지는 무작위여야 하기 때문입니다.',
  'change.canComeBack': '{days}일 동안 “삭제됨”에서 되살릴 수 있습니다.',
  'change.runsGoOn': '실행 {runs,은} 라운드가 고정한 것으로 계속하고{count|other=}, 이후 라운드부터 빠집니다.',
  'change.nothing': '바뀐 것이 없습니다',
  'change.asBefore': '이미지 {count}장을 되돌렸습니다',
  'change.stop': '중지',
  'change.takingBack': '되돌리는 중',
  'change.stopped': '도중에 멈췄습니다',
};

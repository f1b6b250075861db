import type { home as english } from '../en/home.ts';

export const home: Record<keyof typeof english, string> = {
  'home.noOrganization': '소속된 조직이 없습니다',
  'home.askForLink': '소유자에게 초대 링크를 요청하고, 로그인한 상태에서 여세요.',
  'home.projects': '프로젝트',
  'home.newProject': '새 프로젝트',
  'home.noProjects': '아직 프로젝트가 없습니다',
  'home.makeOne': '하나 만들어 이미지를 넣고, 처음 몇 장을 함께 라벨링하세요.',
  'home.waitForOne': '리드나 소유자가 첫 프로젝트를 만들면 여기에 나타납니다.',
  'home.paused': '일시 중지',
  'home.noImages': '아직 이미지가 없습니다.',
  'home.started': '{when} 시작.',
  'home.labeledOf': '{total}장 중 {labeled}장 라벨링됨',
  'home.labeled': '{project}: 라벨링됨',
};

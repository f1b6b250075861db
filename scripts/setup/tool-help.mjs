// What the other commands say of themselves, in the language of the terminal: the same options in each.
import { inTerminal } from './help.mjs';

const HELP = {
  loop: {
    en: `npm run loop -- FOLDER_OR_ZIP [options]

Runs the whole loop without a browser on a labeled data set (class folders, with optional train/ and test/ above
them): reveals a few labels, answers the review queue from the hidden ones, and shows what came of it.

  --labels-per-class 25   labels revealed in the pool
  --validation 20         validation labels a class; they count as labels too
  --rounds 3              student rounds; as many as --students names, where it is given
  --review 50             answers given a round
  --seed 1                of every draw: labels, weights, noise
  --select random         how the first labels are chosen: random, typical
  --scratch               no backbone (the product recommends what suits the images)
  --chain WORDS           the rounds: a teacher (frozen, tuned, or a model: three of it), then students (noisy-head,
                          tuned, or models), as frozen,s,m; with + two teachers answer together: frozen+s,s
  --method M              a whole chain by its old name: noisy-student, frozen, fine-tune, distill
  --teacher s             the teacher of a noisy student; by default the first student where that is smaller than s
  --model s               the model to distil into: s with distill, none with frozen and fine-tune unless named
  --students s,s,s        one model a student round, none smaller than what teaches it
  --backbone NAME|FILE    a backbone that the product has, or a file or folder of one (the one that comes along)
  --size PX               side at which nets from scratch look at images; by default from the images
  --backbone-size PX      side at which the backbone does; by default its own, or less where images are small
  --steps 900             training steps of a student
  --teacher-steps 300     those of a teacher
  --no-control            no control arm (each student has one)
  --engine auto           auto, wasm, webgpu, cuda, native
  --threads N             of the trainer (as many as there are cores)
  --out pupil-loop        folder where the exports go
  --formats tfjs-layers   formats of the final model, with commas between: onnx, saved-model, page, ...
  --data DIR              keep database and blobs there (a folder that is removed afterwards)
  --set key=value         any other setting of a run, as JSON; may be repeated (none)
  --json                  one JSON object as the last line (a table only)
  --help                  this text`,
    ko: `npm run loop -- FOLDER_OR_ZIP [options]

라벨이 있는 데이터 세트(클래스 폴더, 그 위에 train/과 test/가 있어도 됨)로 브라우저 없이 전체 과정을 실행합니다.
라벨을 몇 개만 보여 주고, 검토 대기열에는 숨긴 라벨로 답한 뒤, 결과를 보여 줍니다.

  --labels-per-class 25   풀에서 보여 주는 클래스당 라벨 수
  --validation 20         클래스당 검증 라벨 수. 이것도 라벨로 셉니다
  --rounds 3              학생 라운드 수. --students를 쓰면 그 이름의 수
  --review 50             라운드마다 답하는 수
  --seed 1                모든 무작위 선택의 시드: 라벨, 가중치, 노이즈
  --select random         첫 라벨을 고르는 방법: random, typical
  --scratch               백본을 쓰지 않습니다 (기본은 이미지에 맞는 추천)
  --chain WORDS           라운드: 교사 모델(frozen, tuned, 또는 모델 이름: 셋을 씀), 그다음 학생 모델(noisy-head,
                          tuned, 모델 이름). 예: frozen,s,m. +로 교사 모델 둘이 함께 답합니다: frozen+s,s
  --method M              전체 구성을 예전 이름으로: noisy-student, frozen, fine-tune, distill
  --teacher s             Noisy Student의 교사 모델. 기본은 첫 학생 모델이 s보다 작으면 그 모델
  --model s               증류할 모델. distill이면 s, frozen과 fine-tune에서는 지정할 때만
  --students s,s,s        학생 라운드마다 모델 하나. 가르치는 모델보다 작을 수 없습니다
  --backbone NAME|FILE    제품에 있는 백본의 이름, 또는 백본 파일이나 폴더 (기본은 함께 제공되는 것)
  --size PX               처음부터 학습하는 신경망이 보는 이미지의 한 변. 기본은 이미지에 따라 정합니다
  --backbone-size PX      백본이 보는 한 변. 기본은 백본의 크기이고, 이미지가 작으면 더 작게
  --steps 900             학생 모델의 학습 단계
  --teacher-steps 300     교사 모델의 학습 단계
  --no-control            대조군 없이 (기본은 학생 모델마다 하나)
  --engine auto           auto, wasm, webgpu, cuda, native
  --threads N             트레이너의 스레드 수 (기본은 코어 수만큼)
  --out pupil-loop        내보낸 파일을 둘 폴더
  --formats tfjs-layers   최종 모델의 형식, 쉼표로 구분: onnx, saved-model, page, ...
  --data DIR              데이터베이스와 파일을 여기에 보관 (기본은 끝나면 지우는 폴더)
  --set key=value         실행의 다른 설정을 JSON으로. 여러 번 쓸 수 있습니다 (없음)
  --json                  마지막 줄에 JSON 객체 하나 (기본은 표만)
  --help                  이 설명`,
  },
  backup: {
    en: `npm run backup -- [--data DIR] --to NEW

Copies an installation with the embedded database into a new folder, while people work or while it is stopped. The copy
is a data folder: npm start -- --data NEW runs it, npm run fsck -- --data NEW checks it.`,
    ko: `npm run backup -- [--data DIR] --to NEW

내장 데이터베이스를 쓰는 설치를 새 폴더에 복사합니다. 사람들이 쓰는 중이어도, 멈춰 있어도 됩니다. 복사본은 데이터
폴더입니다. npm start -- --data NEW로 실행하고, npm run fsck -- --data NEW로 검사합니다.`,
  },
  fsck: {
    en: `npm run fsck -- [--data DIR] [--deep] [--repair]

Checks rows against counters, annotations and files, whether Pupil runs or not. Ends with 1 where something is left.

  --data DIR  the data folder (.pupil; PUPIL_DATA); DATABASE_URL and S3_* as at the start
  --deep      reads every file, not only its size
  --repair    mends what follows from other things: counts, consensus, thumbnails`,
    ko: `npm run fsck -- [--data DIR] [--deep] [--repair]

행을 카운터, 라벨 기록, 파일과 맞춰 봅니다. Pupil이 켜져 있어도 됩니다. 고칠 것이 남으면 1로 끝납니다.

  --data DIR  데이터 폴더 (.pupil; PUPIL_DATA). DATABASE_URL과 S3_*는 시작할 때처럼 씁니다
  --deep      크기만 보지 않고 모든 파일을 읽습니다
  --repair    다른 것에서 따라 나오는 것을 고칩니다: 카운터, 합의 라벨, 섬네일`,
  },
  engines: {
    en: `npm run engines [-- NAME …]

Trains the same steps on each engine that is here and compares them, then says what predicts. NAME is one of
{names}.`,
    ko: `npm run engines [-- NAME …]

이 컴퓨터에 있는 엔진마다 같은 단계를 학습해 비교하고, 무엇이 예측하는지 알려 줍니다. NAME은 다음 가운데 하나입니다:
{names}.`,
  },
};

/**
 * @param {keyof typeof HELP} command
 * @param {Record<string, string | undefined>} env
 */
export const toolHelp = (command, env = process.env) => inTerminal(HELP[command], env);

/** What `npm start -- --help` says, in the language of the terminal. An option stands in each language, or in none. */
const ENGLISH = `Pupil: label a little, teach a lot.

  npm start                      on this machine, at http://127.0.0.1:3000
  npm start -- --port 8080       options go after the two dashes

  --port N        port of the pages and the API (3000; PORT)
  --host ADDRESS  127.0.0.1 is for this machine only, 0.0.0.0 lets others in (127.0.0.1; HOST)
  --url URL       an address people use, of a proxy say; several are allowed (PUPIL_URL, with commas)
  --https         https with a certificate of this machine's own making, kept in DIR/tls (PUPIL_HTTPS=1)
  --cert FILE --key FILE
                  https with your certificate, read again when it is renewed (PUPIL_CERT, PUPIL_KEY)
  --data DIR      the one folder with everything that is kept; copy it, while stopped, as a backup (.pupil; PUPIL_DATA)
  --empty         no demo project in a new installation
  --no-trainer    the server only: trainers run elsewhere, on the same database
  --trainer-only  a trainer only: for a further machine, with DATABASE_URL and S3_BUCKET set
  --verbose       logs of server and trainer here instead of in DIR/logs
  --dev           from source: restarts on change
  --reset-owner [EMAIL]
                  prints a link to a new password for an owner who is locked out, whether Pupil runs or not
  --help          this text

  DATABASE_URL    a Postgres of your own instead of the embedded one
  S3_BUCKET, S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY
                  object storage instead of DIR/blobs
  PUPIL_SECRET    signs sessions, 32 characters or more (made and kept in DIR when unset)
  PUPIL_TRUSTED_PROXIES
                  addresses or ranges (127.0.0.1, 10.0.0.0/24) of the proxies in front: what these say of the
                  people behind them in X-Forwarded-For, -Proto and -Host is believed (none)
  PUPIL_SMTP_URL, PUPIL_MAIL_FROM
                  a mail server (smtps://user:password@host) and a sender: links to new passwords go by mail (none)
  PUPIL_OIDC_ISSUER, PUPIL_OIDC_CLIENT_ID, PUPIL_OIDC_CLIENT_SECRET
                  sign-in with OpenID Connect; the redirect address is URL/api/auth/callback/oidc (none)
  PUPIL_OIDC_DOMAINS, PUPIL_OIDC_ROLE, PUPIL_OIDC_LABEL
                  whose addresses may sign in (all), as what (annotator), and what the button says
  PUPIL_ENGINE    auto, cuda, webgpu, native or wasm: where tensors run (auto)
  PUPIL_THREADS   cores that training may use (all)
  LOG_LEVEL       fatal, error, warn, info or debug (info)`;

const KOREAN = `Pupil: 조금 라벨링하고, 많이 가르치세요.

  npm start                      이 컴퓨터에서, http://127.0.0.1:3000
  npm start -- --port 8080       옵션은 대시 두 개 뒤에 씁니다

  --port N        페이지와 API의 포트 (3000; PORT)
  --host ADDRESS  127.0.0.1은 이 컴퓨터만, 0.0.0.0은 다른 컴퓨터도 접속할 수 있습니다 (127.0.0.1; HOST)
  --url URL       사람들이 쓰는 주소. 프록시의 주소 등이며 여럿도 됩니다 (PUPIL_URL, 쉼표로 구분)
  --https         이 컴퓨터가 직접 만들어 DIR/tls에 두는 인증서로 https를 씁니다 (PUPIL_HTTPS=1)
  --cert FILE --key FILE
                  가지고 있는 인증서로 https를 쓰고, 갱신되면 다시 읽습니다 (PUPIL_CERT, PUPIL_KEY)
  --data DIR      보관하는 모든 것이 든 폴더 하나. 멈춘 동안 복사하면 백업입니다 (.pupil; PUPIL_DATA)
  --empty         새로 설치할 때 데모 프로젝트를 만들지 않습니다
  --no-trainer    서버만 시작합니다. 트레이너는 다른 곳에서 같은 데이터베이스로 작동합니다
  --trainer-only  트레이너만 시작합니다. 컴퓨터를 더할 때 DATABASE_URL, S3_BUCKET과 함께 씁니다
  --verbose       서버와 트레이너의 로그를 DIR/logs 대신 여기에 씁니다
  --dev           소스에서 시작하고, 바뀌면 다시 시작합니다
  --reset-owner [EMAIL]
                  들어가지 못하는 소유자를 위해 새 비밀번호 링크를 출력합니다. Pupil이 꺼져 있어도 됩니다
  --help          이 설명

  DATABASE_URL    내장 데이터베이스 대신 쓸 Postgres
  S3_BUCKET, S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY
                  DIR/blobs 대신 쓸 객체 저장소
  PUPIL_SECRET    세션에 서명하는 32자 이상의 비밀 값 (정하지 않으면 만들어 DIR에 둡니다)
  PUPIL_TRUSTED_PROXIES
                  앞에 있는 프록시의 주소나 범위(127.0.0.1, 10.0.0.0/24). 이들이 X-Forwarded-For, -Proto,
                  -Host로 알리는 내용을 믿습니다 (없음)
  PUPIL_SMTP_URL, PUPIL_MAIL_FROM
                  메일 서버(smtps://user:password@host)와 보내는 사람. 새 비밀번호 링크를 메일로 보냅니다 (없음)
  PUPIL_OIDC_ISSUER, PUPIL_OIDC_CLIENT_ID, PUPIL_OIDC_CLIENT_SECRET
                  OpenID Connect 로그인. 리디렉션 주소는 URL/api/auth/callback/oidc입니다 (없음)
  PUPIL_OIDC_DOMAINS, PUPIL_OIDC_ROLE, PUPIL_OIDC_LABEL
                  로그인할 수 있는 주소의 도메인(모두), 역할(라벨러), 버튼의 글자
  PUPIL_ENGINE    auto, cuda, webgpu, native, wasm 중 텐서를 계산할 곳 (auto)
  PUPIL_THREADS   학습에 쓸 코어 수 (모두)
  LOG_LEVEL       fatal, error, warn, info, debug 중 하나 (info)`;

const HELP = { en: ENGLISH, ko: KOREAN };

/**
 * A text in the language that the terminal is set to, as programs of POSIX read it: LC_ALL, else LC_MESSAGES, else
 * LANG.
 * @param {{ en: string, ko: string }} texts
 * @param {Record<string, string | undefined>} env
 */
export function inTerminal(texts, env = process.env) {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return texts[/^[a-z]+/.exec(locale)?.[0]] ?? texts.en;
}

/** @param {Record<string, string | undefined>} env */
export const helpFor = (env = process.env) => inTerminal(HELP, env);

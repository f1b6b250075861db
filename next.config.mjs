/** The pages are served by server/main.ts, which also sets the security headers (server/http/security.ts). */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm test` checks types over every room with the native compiler; Next would need the older compiler's API for it.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  // Where the page of trainers stood before.
  redirects: () => [
    { source: '/organizations/:id/machines', destination: '/organizations/:id/trainers', permanent: true },
  ],
};

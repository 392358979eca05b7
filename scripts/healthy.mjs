/** Asks the server on this machine whether it is ready; exit code 0 where it is. For the health check of an image. */
const port = process.env.VESTA_PORT || '8080';

try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_500) });
  process.exit(ok ? 0 : 1);
} catch {
  process.exit(1);
}

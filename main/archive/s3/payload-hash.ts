type WithStack = { middlewareStack: { add(middleware: never, options: { step: 'build'; name: string }): void } };

/** Tells a request the SHA-256 of its body, which is signed: over https too the store then refuses other bytes. */
export function withPayloadHash<T extends WithStack>(command: T, sha256: string): T {
  const middleware = (next: (args: unknown) => Promise<unknown>) => (args: { request: { headers: Record<string, string> } }) => {
    args.request.headers['x-amz-content-sha256'] = sha256;
    return next(args);
  };
  command.middlewareStack.add(middleware as never, { step: 'build', name: 'payloadHash' });
  return command;
}

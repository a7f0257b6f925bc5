import { config } from 'zod/v4/core';

// The content policy forbids making code out of text; zod would try, and be reported for it. First import of main.tsx.
config({ jitless: true });

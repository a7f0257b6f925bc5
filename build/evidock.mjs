#!/usr/bin/env node
// The command `evidock`: gets ready in silence, then runs the command line from the caller's own folder.
import process from 'node:process';
import { bootstrap } from './bootstrap.mjs';

// npm runs scripts from the package's folder; relative paths mean the folder the user stands in.
if (process.env.npm_lifecycle_event === 'evidock' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
bootstrap('main/shell/cli/main.ts', process.argv.slice(2));

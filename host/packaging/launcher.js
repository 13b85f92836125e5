#!/usr/bin/env node
// Starts the command of this package's name, which is in the package for this system: npm installs that one alone of its kind.
'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const { name } = require('./package.json');

const system = `${process.platform}-${process.arch}`;
const extension = process.platform === 'win32' ? '.exe' : '';

let command;
try {
  command = require.resolve(`${name}-${system}/bin/${name}${extension}`);
} catch {
  console.error(`${name}: the package ${name}-${system} is not installed. Either there is none for this system, or npm was told to leave `
    + 'optional dependencies out (--omit=optional), or its lock file was made on another system by an npm that forgets the rest.');
  process.exit(1);
}

const child = spawn(command, process.argv.slice(2), { stdio: 'inherit' });
// A terminal sends its own to both; what is sent to this process alone is passed on.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('error', (error) => {
  console.error(`${name}: ${command} cannot be started: ${error.message}`);
  process.exit(126);
});
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));

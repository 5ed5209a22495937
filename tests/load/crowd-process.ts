// A process of its own for many participants, so that neither the server nor whoever measures pays for them.
import '../compat/clients/quiet.ts';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { dispose } from '@livekit/rtc-node';
import { Member } from './member.ts';
import type { CrowdAnswer, CrowdCommand } from './messages.ts';

const members = new Map<string, Member>();
const delay = monitorEventLoopDelay({ resolution: 20 });
delay.enable();
let cpu = process.cpuUsage();
let cpuSinceMs = performance.now();

const tell = (answer: CrowdAnswer) => {
  if (process.connected) process.send?.(answer);
};

function measure(): void {
  const now = performance.now();
  const used = process.cpuUsage(cpu);
  tell({
    kind: 'measured',
    cores: (used.user + used.system) / 1000 / (now - cpuSinceMs),
    delayP99Ms: delay.percentile(99) / 1e6,
  });
  cpu = process.cpuUsage();
  cpuSinceMs = now;
  delay.reset();
}

async function obey(command: CrowdCommand): Promise<void> {
  switch (command.kind) {
    case 'join': {
      const member = new Member(command.member);
      members.set(member.identity, member);
      const failure = await member.settled;
      return tell({ kind: 'settled', identity: member.identity, failure });
    }
    case 'finish': {
      const member = members.get(command.identity);
      if (member !== undefined) tell({ kind: 'finished', report: await member.finish() });
      return;
    }
    case 'leave': {
      const member = members.get(command.identity);
      if (member === undefined) return;
      members.delete(command.identity);
      await member.leave();
      return tell({ kind: 'left', identity: member.identity });
    }
    case 'measure':
      return measure();
  }
}

process.on('message', (message) => {
  // Only our own parent speaks on this channel.
  void obey(message as CrowdCommand);
});
process.once('disconnect', () => {
  void Promise.all([...members.values()].map((member) => member.leave()))
    .then(() => dispose())
    // The native client keeps threads.
    .finally(() => process.exit(0));
});
tell({ kind: 'ready' });

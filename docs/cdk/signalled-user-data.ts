// User data whose commands run under `cfn-signal run`: one signal for whatever becomes of them, and nothing to remember. Copy this file
// into your app.

import { CfnResource, Duration, Resource, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

export interface SignalledUserDataProps {
  /** What else a success waits for, such as `tcp:localhost:80`. */
  readonly waitFor?: string[];
  /** Further options of `cfn-signal run`, word by word, such as `--mask` and a pattern. */
  readonly options?: string[];
  /** Where the command is. */
  readonly command?: string;
}

const END = 'END-OF-USER-DATA';
/** As the shell takes it. Names that are known later are tokens, and have no quote in them. */
const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`);

export class SignalledUserData extends ec2.UserData {
  private readonly commands = ec2.UserData.forLinux({ shebang: '' });
  private waiting?: { resource: CfnResource; timeout: Duration };

  constructor(private readonly props: SignalledUserDataProps = {}) {
    super();
  }

  /** Whose user data it is: an instance or a group, whose stack waits so long, unless it has a policy of its own. */
  public signals(of: Resource, timeout: Duration = Duration.minutes(15)): this {
    const resource = of.node.defaultChild as CfnResource;
    resource.cfnOptions.creationPolicy ??= { resourceSignal: { count: 1, timeout: timeout.toIsoString() } };
    this.waiting = { resource, timeout };
    return this;
  }

  public render(): string {
    if (!this.waiting) throw new Error('nobody waits for this user data: call signals(instance) or signals(group)');
    const { resource, timeout } = this.waiting;
    const stack = Stack.of(resource);
    // A failure that is signalled says more than a timeout does.
    const seconds = Math.ceil(timeout.toSeconds() * 0.9);
    const words = [
      ...['--stack', stack.stackName, '--resource', resource.logicalId, '--region', stack.region],
      ...['--timeout', `${seconds}s`, '--if-complete', 'ok'],
      ...(this.props.waitFor ?? []).flatMap((gate) => ['--wait-for', gate]),
      ...(this.props.options ?? []),
    ];
    const run = [this.props.command ?? '/usr/bin/cfn-signal', 'run', ...words.map(quoted)].join(' ');
    return [
      '#!/bin/bash',
      `commands=$(mktemp) && cat >"$commands" <<'${END}'`,
      this.commands.render().trimStart(),
      END,
      // With -x the step that failed is part of the reason.
      `exec ${run} -- bash -euxo pipefail "$commands"`,
    ].join('\n');
  }

  public addCommands(...commands: string[]): void {
    this.commands.addCommands(...commands);
  }

  public addOnExitCommands(...commands: string[]): void {
    this.commands.addOnExitCommands(...commands);
  }

  public addS3DownloadCommand(params: ec2.S3DownloadOptions): string {
    return this.commands.addS3DownloadCommand(params);
  }

  public addExecuteFileCommand(params: ec2.ExecuteFileOptions): void {
    this.commands.addExecuteFileCommand(params);
  }

  public addSignalOnExitCommand(resource: Resource): void {
    this.signals(resource);
  }
}

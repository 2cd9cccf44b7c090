// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.component.exec.ExecCommand;
import org.apache.camel.component.exec.ExecEndpoint;
import org.apache.camel.component.exec.impl.DefaultExecBinding;
import org.apache.camel.component.exec.impl.ExecParseUtils;

/**
 * Takes the command of Camel's exec component from the variables {@code program}, {@code arguments}
 * and {@code workingDirectory}, or else from the endpoint; never from headers, which Camel ignores
 * from 4.20 on, and which a message may have from outside.
 */
public final class ProgramBinding extends DefaultExecBinding {
  @Override
  public ExecCommand readInput(Exchange exchange, ExecEndpoint endpoint) {
    String program = exchange.getVariable("program", endpoint.getExecutable(), String.class);
    String directory =
        exchange.getVariable("workingDirectory", endpoint.getWorkingDir(), String.class);
    return new ExecCommand(
        program,
        arguments(exchange.getVariable("arguments", endpoint.getArgs(), Object.class)),
        directory,
        endpoint.getTimeout(),
        Set.of(),
        null,
        null,
        endpoint.isUseStderrOnEmptyStdout(),
        endpoint.getCommandLogLevel());
  }

  /** A list as it is; a text in words, of which one in double quotes may have spaces. */
  private static List<String> arguments(Object given) {
    if (given instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    return given == null
        ? List.of()
        : ExecParseUtils.splitToWhiteSpaceSeparatedTokens(given.toString());
  }
}

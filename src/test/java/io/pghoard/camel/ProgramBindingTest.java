// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.exec.ExecCommand;
import org.apache.camel.component.exec.ExecEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class ProgramBindingTest {
  @Test
  void command_isThatOfTheVariables_whateverTheHeadersSay() throws Exception {
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      ExecEndpoint endpoint =
          context.getEndpoint("exec:rclone?args=version&timeout=5000", ExecEndpoint.class);
      Exchange exchange = new DefaultExchange(context);
      exchange.getMessage().setHeader("CamelExecCommandExecutable", "/bin/rm");
      exchange.getMessage().setHeader("CamelExecCommandArgs", List.of("-rf", "/"));
      exchange.getMessage().setHeader("CamelExecCommandWorkingDir", "/");
      exchange.getMessage().setHeader("CamelExecCommandTimeout", 1);

      ExecCommand plain = new ProgramBinding().readInput(exchange, endpoint);
      assertThat(plain.getExecutable()).isEqualTo("rclone");
      assertThat(plain.getArgs()).containsExactly("version");
      assertThat(plain.getWorkingDir()).isNull();
      assertThat(plain.getTimeout()).isEqualTo(5000);

      exchange.setVariable("program", "/usr/bin/pg_basebackup");
      exchange.setVariable("arguments", List.of("-D", "-", "a b"));
      exchange.setVariable("workingDirectory", "/srv");
      ExecCommand named = new ProgramBinding().readInput(exchange, endpoint);
      assertThat(named.getExecutable()).isEqualTo("/usr/bin/pg_basebackup");
      assertThat(named.getArgs()).containsExactly("-D", "-", "a b");
      assertThat(named.getWorkingDir()).isEqualTo("/srv");

      exchange.setVariable("arguments", "cat \"remote:a b/c\"");
      assertThat(new ProgramBinding().readInput(exchange, endpoint).getArgs())
          .containsExactly("cat", "remote:a b/c");
    }
  }
}

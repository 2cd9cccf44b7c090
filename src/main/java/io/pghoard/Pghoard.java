// SPDX-License-Identifier: Apache-2.0
package io.pghoard;

import io.pghoard.command.DaemonCommand;
import io.pghoard.command.RestoreTool;

/** Starts what the command line asks for. */
public final class Pghoard {
  private Pghoard() {}

  public static void main(String[] arguments) {
    // Google's client logs by the JDK's own: this sends it to log4j, which decides.
    System.setProperty("java.util.logging.manager", "org.apache.logging.log4j.jul.LogManager");
    logInAtProxies();
    // The launchers in bin say which program they are.
    String program = System.getProperty("pghoard.program", "pghoard");
    // The launchers see to it; started by java -jar it depends on the environment.
    String names = System.getProperty("sun.jnu.encoding");
    if (!"UTF-8".equals(names)) {
      System.err.println(
          program
              + ": the character set of file names is "
              + names
              + ", and paths with other characters cannot be used: set LC_ALL=C.UTF-8");
    }
    System.exit(
        program.equals("pghoard_restore")
            ? RestoreTool.run(arguments)
            : DaemonCommand.run(arguments));
  }

  /** Java's HTTP client, which Azure's is built on, tells no proxy a password by itself. */
  private static void logInAtProxies() {
    String refused = "jdk.http.auth.tunneling.disabledSchemes";
    if (System.getProperty(refused) == null) {
      System.setProperty(refused, "");
    }
  }
}

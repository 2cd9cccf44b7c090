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
    // The launchers in bin say which program they are.
    System.exit(
        System.getProperty("pghoard.program", "pghoard").equals("pghoard_restore")
            ? RestoreTool.run(arguments)
            : DaemonCommand.run(arguments));
  }
}

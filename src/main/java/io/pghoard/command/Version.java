// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** The version, as the jar's manifest has it. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"pghoard " + (version == null ? "(not from a jar)" : version)};
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.postgres.WalFileName;
import java.nio.file.Path;

/** A timeline history file that is to be archived before the WAL of its timeline is. */
public record WalHistoryFile(WalFileName name, Path path) {}

// SPDX-License-Identifier: Apache-2.0
/** The command line: one class a command. */
@NullMarked
package io.pghoard.command;

import org.jspecify.annotations.NullMarked;

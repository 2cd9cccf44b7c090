// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.hook;

import java.time.Duration;

/**
 * What an operator's own routes may take.
 *
 * @param waiting how many events may wait for one route
 * @param patience for which a call may run before an operator is told
 * @param longest after which a call is interrupted
 */
public record HookLimits(int waiting, Duration patience, Duration longest) {}

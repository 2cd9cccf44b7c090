// SPDX-License-Identifier: Apache-2.0
package io.pghoard.check;

import java.time.Duration;

/**
 * What a check has found.
 *
 * @param check its name: "store: put"
 * @param took how long the check took
 */
public record Finding(String check, Answer answer, Duration took) {}

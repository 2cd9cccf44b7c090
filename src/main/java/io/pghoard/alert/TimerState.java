// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a route that runs on schedule has come to.
 *
 * @param known whether a run has ended, so that it can be told whether the route works
 * @param failures how many runs in a row have failed
 * @param failure of the last of them, for people; "" when the last run did not fail
 * @param failingSince when the first of them ended, or null
 * @param failingFor for how long they have failed
 * @param underWay whether a run has begun and not ended
 * @param quiet how long ago it last began, made a step or ended
 */
public record TimerState(
    TimerRoute route,
    boolean known,
    int failures,
    String failure,
    @Nullable Instant failingSince,
    Duration failingFor,
    boolean underWay,
    Duration quiet) {}

// SPDX-License-Identifier: Apache-2.0
/**
 * What needs an operator: who raises it, how it is renewed and cleared, and where it is written.
 */
@NullMarked
package io.pghoard.alert;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** The places in the flow where an operator's own routes are told of something. */
@NullMarked
package io.pghoard.camel.hook;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * Everything that knows Camel: the wiring of beans and routes, data formats, HTTP and live reload.
 */
@NullMarked
package io.pghoard.camel;

import org.jspecify.annotations.NullMarked;

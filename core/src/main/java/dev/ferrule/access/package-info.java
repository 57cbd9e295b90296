/** What the library's own packages may set on types of the API that only show it. */
package dev.ferrule.access;

// Walks the feed at URL with TOKEN as its Bearer token, and prints what the validator says, one JSON object per remark.
// The validator itself knows public feeds only: the token is added to each of its requests.
"use strict";

const fetchPath = require.resolve("node-fetch", { paths: [require.resolve("@openactive/rpde-validator")] });
const fetch = require(fetchPath);

const withToken = (url, options = {}) =>
  fetch(url, { ...options, headers: { ...options.headers, Authorization: `Bearer ${process.env.TOKEN}` } });
require.cache[fetchPath].exports = Object.assign(withToken, fetch);

const { RpdeValidator } = require("@openactive/rpde-validator");

RpdeValidator(process.env.URL, { pageLimit: Number(process.env.PAGES || 20) }).then((log) => {
  for (const page of log.pages) {
    for (const { severity, type, message } of page.errors) {
      console.log(JSON.stringify({ page: page.url, severity, type, message }));
    }
  }
  console.log(JSON.stringify({ pages: log.pages.length }));
});

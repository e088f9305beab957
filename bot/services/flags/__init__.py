"""红旗: dangers told by patients, until a nurse has acted."""

import type { ArchiveCause, ArchiveClass, ArchiveDifference } from './archive-difference.ts';

type Words = { zh: string; en: string };

/** What a difference of a reconciled archive is, why it is so, and what is to be done, as people read it on screens and on paper. */
export const ARCHIVE_CLASSES: Record<ArchiveClass, Words> = {
  missing: { zh: '缺少', en: 'Missing' },
  differs: { zh: '不一致', en: 'Changed' },
  extra: { zh: '多出', en: 'Extra' },
  duplicate: { zh: '跨站重复', en: 'At two stations' },
  late: { zh: '超时入库', en: 'Stored late' },
  unlinked: { zh: '未关联案件', en: 'Without a case' },
  unreadable: { zh: '无法读取', en: 'Unreadable' },
};

export const CAUSES: Record<ArchiveCause, Words> = {
  'gone-after-receipt': { zh: '归档曾确认收到，现已不在', en: 'The archive confirmed it, and it is no longer there' },
  'not-stored': { zh: '接入凭证的文件数多于台账', en: 'The certificate of the docking counts more originals than the ledger has' },
  gap: { zh: '归档中的台账缺了一段', en: 'Entries of the ledger are missing at the archive' },
  'not-there': { zh: '该站的目录表不在归档', en: 'Tables of the station are not at the archive' },
  size: { zh: '大小不同', en: 'It has another size' },
  content: { zh: '内容不同', en: 'It has other bytes' },
  receipt: { zh: '回执与台账的校验值不同', en: 'The receipt names another hash than the ledger' },
  place: { zh: '位置与回执不同', en: 'It lies elsewhere than the receipt says' },
  altered: { zh: '该站的目录表被改动，未予采信', en: 'Tables of the station were altered and are not believed' },
  'no-receipt': { zh: '已在归档，但一天后仍无回执', en: 'It lies there and has no receipt after a day' },
  'no-item': { zh: '没有采集站记录过它', en: 'No station has recorded it' },
  stray: { zh: '不属于任何档案包的文件', en: 'A file that belongs to no bag' },
  'other-station': { zh: '另一采集站已有相同内容', en: 'Another station stored the same bytes before' },
  'not-looked-at': { zh: '归档无法读出', en: 'The archive does not give its bytes' },
  'bounded-by-dockings': { zh: '两次接入之间已超过时限', en: 'More than the limit passed between two dockings' },
  'attached-too-long': { zh: '接入后过久才入库', en: 'It was stored long after docking' },
  'first-docking': { zh: '首次接入', en: 'First docking' },
  'clock-unchecked': { zh: '采集站时钟未核对', en: 'The clock of the station was not checked' },
  'clock-went-back': { zh: '采集站时钟曾回拨', en: 'The clock of the station went back' },
  'window-too-wide': { zh: '时间范围过宽', en: 'The span of time is too wide' },
  suggested: { zh: '有建议案件，尚未确认', en: 'A case is suggested and not confirmed' },
  'no-officer': { zh: '不知是谁的记录', en: 'It is not known whose it is' },
  'no-case': { zh: '没有关联案件', en: 'Nobody linked it' },
};

export const ACTIONS: Record<ArchiveDifference['action'], Words> = {
  resend: { zh: '从该站重新推送', en: 'Send again from its station' },
  're-read': { zh: '重新读取', en: 'Read again' },
  quarantine: { zh: '隔离并核查', en: 'Put aside and look into it' },
  explain: { zh: '说明原因', en: 'Say why' },
  link: { zh: '关联案件', en: 'Link to a case' },
  rewrite: { zh: '由该站重写', en: 'Let its station write it again' },
};

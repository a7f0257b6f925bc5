import type { ErrorCode } from './errors.ts';

/** What happened and what to do next, for people, in both languages. `{what}` is replaced by what it concerns. */
export const ERROR_TEXTS: Record<ErrorCode, { zh: string; en: string }> = {
  'usage.invalid': { zh: '命令用法有误：{what}。请用 --help 查看用法。', en: 'Wrong usage: {what}. See --help.' },
  'internal.bug': {
    zh: '程序内部错误：{what}。证据未受影响；请把日志交给维护人员。',
    en: 'Internal error: {what}. Evidence is untouched; give the log to the maintainer.',
  },
  'data-folder.missing': {
    zh: '没有数据目录：{what}。请先运行 evidock station 或 evidock ingest，或用 --data 指定。',
    en: 'No data folder at {what}. Run evidock station or evidock ingest first, or name one with --data.',
  },
  'data-folder.held': {
    zh: '数据目录正被使用：{what}。请先停止该采集站，或直接使用它。',
    en: 'The data folder is in use: {what}. Stop that station first, or use it.',
  },
  'data-folder.newer': {
    zh: '数据由更新版本写入：{what}。请升级本程序；数据未改动。',
    en: 'The data was written by a newer version: {what}. Upgrade this program; nothing was changed.',
  },
  'data-folder.damaged': {
    zh: '采集站身份文件损坏：{what}。请从备份恢复该文件；原始文件和台账未受影响。',
    en: 'The file that says which station this is is damaged: {what}. Restore it from a backup; originals and ledger are untouched.',
  },
  'data-folder.station-unreachable': {
    zh: '采集站在运行但没有应答：{what}。请查看其日志或重启。',
    en: 'A station is running but does not answer: {what}. Look at its log or restart it.',
  },
  'database.damaged': {
    zh: '数据库损坏：{what}。请运行 evidock rebuild，从本地库和台账重建。',
    en: 'The database is damaged: {what}. Run evidock rebuild to restore it from vault and ledger.',
  },
  'ledger.chain-broken': {
    zh: '证据台账链断裂：{what}。停止使用本站，保留磁盘，联系管理员。',
    en: 'The custody ledger chain is broken: {what}. Stop using this station, keep the disk, call the admin.',
  },
  'ledger.segment-damaged': {
    zh: '台账分段损坏：{what}。请从存储目标取回该分段。',
    en: 'A ledger segment is damaged: {what}. Fetch that segment from a destination.',
  },
  'ledger.write-failed': {
    zh: '台账写入失败：{what}。已停止记录，记录仪保留不动；请腾出磁盘空间或检查磁盘，必要时重启采集站。',
    en: 'Writing the ledger failed: {what}. Recording has stopped and cameras keep their files; free or check the disk, and restart the station if it does not go on.',
  },
  'projection.differs': {
    zh: '查询表与台账不一致：{what}。请运行 evidock rebuild。',
    en: 'A table differs from the ledger: {what}. Run evidock rebuild.',
  },
  'vault.full': {
    zh: '本地库空间不足：{what}。请先归档并清理，或扩充磁盘；记录仪保留不动。',
    en: 'The vault is full: {what}. Forward and free space, or add a disk; the camera keeps its files.',
  },
  'vault.write-failed': {
    zh: '写入本地库失败：{what}。请检查磁盘，然后重新接入。',
    en: 'Writing to the vault failed: {what}. Check the disk, then dock again.',
  },
  'vault.read-back-differs': {
    zh: '回读校验不符：{what}。该副本未采用，原件仍在记录仪；请检查磁盘。',
    en: 'Read-back differs: {what}. The copy was not used and the camera keeps the original; check the disk.',
  },
  'vault.item-missing': {
    zh: '本地库缺少原始文件：{what}。请从存储目标恢复。',
    en: 'An original is missing from the vault: {what}. Restore it from a destination.',
  },
  'vault.item-differs': {
    zh: '原始文件内容已改变：{what}。请保留现状，从存储目标取回并报告。',
    en: 'An original has changed: {what}. Leave it as it is, fetch the archived one and report it.',
  },
  'vault.sidecar-damaged': {
    zh: '说明文件 item.json 损坏：{what}。原始文件未受影响；可用 evidock rebuild 恢复。',
    en: 'An item.json is damaged: {what}. The original is unaffected; restore it from the archive.',
  },
  'vault.unexpected': {
    zh: '本地库中有不属于台账的内容：{what}。未删除；请核对来源。',
    en: 'The vault holds something the ledger does not know: {what}. It was left there; find out where it came from.',
  },
  'source.missing': {
    zh: '来源不存在：{what}。请检查路径或重新接入记录仪。',
    en: 'The source does not exist: {what}. Check the path or dock the camera again.',
  },
  'source.unreadable': {
    zh: '文件无法读取：{what}。其余文件照常采集；请保留记录仪，勿清除。',
    en: 'A file cannot be read: {what}. The others were taken; keep the camera and do not clear it.',
  },
  'source.changed': {
    zh: '文件在复制时发生变化：{what}。将再次采集。',
    en: 'A file changed while it was copied: {what}. It will be copied again.',
  },
  'source.gone': {
    zh: '文件在采集时消失：{what}。请重新接入记录仪。',
    en: 'A file disappeared while it was copied: {what}. Dock the camera again.',
  },
  'source.not-stored': {
    zh: '来源中的文件尚未采集：{what}。请保留来源并采集。',
    en: 'A file of the source is not in the vault: {what}. Keep the source and ingest it.',
  },
  'source.symlink': {
    zh: '未采集符号链接：{what}。链接不是文件，仅作记录。',
    en: 'A symbolic link was not followed: {what}. A link is not a file; it is listed only.',
  },
  'source.special-file': {
    zh: '未采集特殊文件：{what}。仅作记录。',
    en: 'A special file was not read: {what}. It is listed only.',
  },
  'source.other-file-system': {
    zh: '目录属于另一文件系统：{what}。请单独采集。',
    en: 'A folder is on another file system: {what}. Ingest it by itself.',
  },
  'source.folder-loop': {
    zh: '目录循环：{what}。已跳过；请检查记录仪文件系统。',
    en: 'A folder contains itself: {what}. It was left out; check the camera file system.',
  },
  'source.too-deep': {
    zh: '目录层级过深：{what}。请检查记录仪文件系统。',
    en: 'Folders are nested too deeply: {what}. Check the camera file system.',
  },
  'camera.not-registered': {
    zh: '记录仪未登记：{what}。请管理员登记后再接入。',
    en: 'The camera is not registered: {what}. Have the admin register it, then dock it again.',
  },
  'camera.identity-twice': {
    zh: '两台记录仪使用同一编号：{what}。请管理员核对身份，后接入的一台未采集。',
    en: 'Two cameras claim one identity: {what}. Have the admin check them; the second one was not copied.',
  },
  'camera.merge-refused': {
    zh: '记录仪无法合并或拆分：{what}。它们已是同一台、从未合并，或此刻同时在接入口上；请核对编号。',
    en: 'The cameras cannot be merged or separated: {what}. They are one already, were never merged, or are both docked at this moment; check the serials.',
  },
  'camera.unreadable': {
    zh: '记录仪无法读取：{what}。请重新接入，或更换端口。',
    en: 'The camera cannot be read: {what}. Dock it again or use another port.',
  },
  'docking.interrupted': {
    zh: '采集中断：{what}。请放回记录仪，将从中断处继续。',
    en: 'Interrupted: {what}. Put the camera back; it goes on where it stopped.',
  },
  'case.row-invalid': {
    zh: '案件清单中的一行有误：{what}。其余行已导入；请改正后重新导入。',
    en: 'A row of the case list is wrong: {what}. The other rows were imported; correct it and import again.',
  },
  'case.file-unreadable': {
    zh: '案件清单无法读取：{what}。请提供 CSV 或 JSON。',
    en: 'The case list cannot be read: {what}. Give a CSV or JSON file.',
  },
  'case.unknown': { zh: '没有该案件：{what}。请先导入案件清单。', en: 'No such case: {what}. Import the case list first.' },
  'unit.unknown': {
    zh: '没有该音像记录：{what}。请在记录列表中查找；在命令行用 evidock status。',
    en: 'No such recording: {what}. Look for it in the list of recordings; on the command line, evidock status has them.',
  },
  'camera.row-invalid': {
    zh: '记录仪清单中的一行有误：{what}。其余行已导入；请改正后重新导入。',
    en: 'A row of the camera list is wrong: {what}. The other rows were imported; correct it and import again.',
  },
  'mark.unknown': {
    zh: '没有该标记，或已被撤销：{what}。请刷新页面。',
    en: 'There is no such mark, or it was taken back already: {what}. Load the page again.',
  },
  'mark.outside': {
    zh: '标记的位置不在该记录内：{what}。请在画面的时间轴上重新选择。',
    en: 'The place to mark is not within this recording: {what}. Choose one on its time line.',
  },
  'view.too-many': {
    zh: '保存的视图已满，未保存：{what}。请先删除一个不用的视图。',
    en: 'There is no room for another saved view: {what}. Remove one you no longer use.',
  },
  'person.row-invalid': {
    zh: '人员清单中的一行有误：{what}。其余行已导入；请改正后重新导入。',
    en: 'A row of the people list is wrong: {what}. The other rows were imported; correct it and import again.',
  },
  'policy.invalid': {
    zh: '策略值无效：{what}。请用 evidock policy 查看允许的值。',
    en: 'Not a valid policy value: {what}. See evidock policy for what is allowed.',
  },
  'destination.unknown': {
    zh: '没有该存储目标：{what}。请用 evidock destination list 查看。',
    en: 'No such destination: {what}. See evidock destination list.',
  },
  'destination.exists': {
    zh: '存储目标已存在：{what}。请换一个名称。',
    en: 'The destination exists already: {what}. Choose another name.',
  },
  'destination.unreachable': {
    zh: '存储目标无法访问：{what}。恢复后将自动继续。',
    en: 'The destination cannot be reached: {what}. It goes on by itself once it is back.',
  },
  'destination.identity-differs': {
    zh: '存储目标身份不符：{what}。未写入任何内容；请核对挂载的位置。',
    en: 'The destination is not the one it was: {what}. Nothing was written; check what is mounted there.',
  },
  'destination.full': {
    zh: '存储目标空间不足：{what}。请扩容；记录仪不会被清除。',
    en: 'The destination is full: {what}. Add space; cameras are not cleared meanwhile.',
  },
  'destination.write-failed': {
    zh: '写入存储目标失败：{what}。将自动重试。',
    en: 'Writing to the destination failed: {what}. It is tried again by itself.',
  },
  'destination.read-back-differs': {
    zh: '存储目标回读不符：{what}。未出具回执；请检查该目标的磁盘。',
    en: 'Reading back from the destination differs: {what}. No receipt was given; check its disk.',
  },
  'destination.conflict': {
    zh: '存储目标已有内容不同的同名记录：{what}。未覆盖；请核对。',
    en: 'The destination already holds something else under this name: {what}. It was not overwritten; look into it.',
  },
  'clear.not-proven': {
    zh: '尚未证明，不能清除：{what}。',
    en: 'Not proven yet, so not cleared: {what}. It is looked at again at the next docking.',
  },
  'clear.no-receipt': {
    zh: '等待归档回执：{what}。收到后下次接入时清除。',
    en: 'Waiting for the archive: {what}. It is cleared at the next docking after the receipt.',
  },
  'clear.file-changed': {
    zh: '记录仪上的文件与已采集的不同：{what}。未清除，将作为新文件采集。',
    en: 'The file on the camera is not the one copied: {what}. It was not cleared and is taken as a new file.',
  },
  'clear.remove-failed': {
    zh: '无法从记录仪删除：{what}。请检查是否写保护。',
    en: 'It could not be removed from the camera: {what}. Check whether it is write-protected.',
  },
  'export.folder-not-empty': {
    zh: '导出目录不为空：{what}。请选择空目录。',
    en: 'The export folder is not empty: {what}. Choose an empty one.',
  },
  'export.nothing-linked': {
    zh: '该案件没有关联的音像记录：{what}。请先关联。',
    en: 'The case has no recordings linked to it: {what}. Link them first.',
  },
  'archive.item-missing': {
    zh: '存储目标缺少原始文件：{what}。请保留本地副本，检查该目标。',
    en: 'The archive lacks an original it gave a receipt for: {what}. Keep the local one and check the archive.',
  },
  'archive.item-differs': {
    zh: '存储目标中的原始文件内容已改变：{what}。请保持现状，保留本地副本并报告。',
    en: 'An original in the archive has changed: {what}. Leave it as it is, keep the local one and report it.',
  },
  'archive.bag-damaged': {
    zh: '存储目标中的档案包附属文件缺失或已改变：{what}。请保持现状并报告。',
    en: 'A file that describes an archived bag is missing or has changed: {what}. Leave it as it is and report it.',
  },
  'archive.unexpected': {
    zh: '存储目标中有台账未记录的内容：{what}。未删除；请核对来源。',
    en: 'The archive holds something the ledger does not know: {what}. It was left there; find out where it came from.',
  },
  'report.write-failed': {
    zh: '报告无法写入：{what}。请检查目录和空间，然后重新运行。',
    en: 'The report could not be written: {what}. Check the folder and its space, then run it again.',
  },
  'export.write-failed': {
    zh: '导出写入失败：{what}。未留下不完整的导出；请检查目录和空间后重试。',
    en: 'Writing the export failed: {what}. Nothing incomplete was left there; check the folder and its space, then try again.',
  },
  'media.tool-missing': {
    zh: '无法运行媒体工具：{what}。请安装 ffmpeg 与 util-linux；原始文件不受影响，之后会自动补做。',
    en: 'A media tool cannot be run: {what}. Install ffmpeg and util-linux; originals are untouched, and what waits is then made.',
  },
  'station.port-taken': {
    zh: '端口不可用：{what}。请用 --port 换一个，或用 0 自动选择。',
    en: 'The port cannot be used: {what}. Choose another with --port, or 0 for any free one.',
  },
  'station.socket-taken': {
    zh: '套接字不可用：{what}。请确认没有另一个采集站在使用它，且所在目录存在并可写。',
    en: 'The socket cannot be used: {what}. See that no other station has it and that its folder is there and may be written to.',
  },
  'session.needed': { zh: '请先登录：{what}。', en: 'Sign in first: {what}.' },
  'session.not-allowed': {
    zh: '您的角色无权进行此操作：{what}。请联系管理员。',
    en: 'Your role may not do this: {what}. Ask the admin.',
  },
  'session.wrong': {
    zh: '执法证号或 PIN 不正确：{what}。连续五次错误将锁定 15 分钟。',
    en: 'Certificate number or PIN is wrong: {what}. Five failures in a row lock it for 15 minutes.',
  },
  'session.locked': {
    zh: '该证号已锁定：{what}。请稍后再试，或请管理员重置 PIN。',
    en: 'This number is locked: {what}. Try again later, or have the admin reset the PIN.',
  },
  'session.new-pin-needed': {
    zh: '一次性 PIN 须更换：{what}。请设置新的 PIN（4 至 12 位数字，不同于旧 PIN）。',
    en: 'A one-time PIN has to be changed: {what}. Choose a new one of 4 to 12 digits that is not the old one.',
  },
  'session.code-wrong': {
    zh: '一次性代码无效：{what}。请使用采集站控制台显示的代码，或运行 evidock admin code。',
    en: 'The one-time code is not valid: {what}. Use the one on the console of the station, or run evidock admin code.',
  },
  'request.refused': {
    zh: '请求被拒绝：{what}。请从采集站自己的地址打开页面。',
    en: 'The request was refused: {what}. Open the page at the own address of the station.',
  },
  'reconciliation.unknown': {
    zh: '没有该对账结果，或其内容已不可读：{what}。请重新对账。',
    en: 'There is no such reconciliation, or its result can no longer be read: {what}. Reconcile again.',
  },
  'difference.unknown': {
    zh: '该次对账中没有这项差异：{what}。请重新打开对账结果。',
    en: 'This reconciliation has no such difference: {what}. Open its result again.',
  },
  'difference.explained-already': {
    zh: '该差异已有说明：{what}。如需修改，请先撤回原说明。',
    en: 'The difference is explained already: {what}. Take that explanation back first to write another.',
  },
  'explanation.unknown': {
    zh: '没有该说明，或已撤回：{what}。请重新打开对账结果。',
    en: 'There is no such explanation, or it was taken back: {what}. Open the result again.',
  },
  'report.printer-missing': {
    zh: '无法生成 PDF，本机没有 Chromium：{what}。请安装 chromium，或改用 XLSX。',
    en: 'A PDF cannot be made because Chromium is not installed: {what}. Install chromium, or use XLSX.',
  },
  'report.print-failed': {
    zh: '生成 PDF 失败：{what}。请稍后重试，或改用 XLSX；结果本身未受影响。',
    en: 'Making the PDF failed: {what}. Try again, or use XLSX; the result itself is untouched.',
  },
  'clear.names-camera': {
    zh: '记录仪凭此文件名识别，留到最后清除：{what}。其余文件清除之后即行清除。',
    en: 'The camera is known by the name of this file, which goes last: {what}. It is cleared once nothing else is left.',
  },
  'source.stalled': {
    zh: '记录仪长时间没有响应：{what}。请勿取走；如一直如此，请拔出后重新接入。',
    en: 'The camera has not answered for a while: {what}. Leave it in; if it stays like that, take it out and dock it again.',
  },
  'run.under-way': {
    zh: '同类工作正在进行：{what}。请等它完成，或先停止它，再重新开始。',
    en: 'Work of this kind is under way: {what}. Wait until it is done, or stop it, and start again.',
  },
  'run.cancelled': {
    zh: '已停止，没有留下结果：{what}。需要结果时请重新开始。',
    en: 'Stopped, and there is no result: {what}. Start it again when a result is needed.',
  },
  'docking.not-copying': {
    zh: '没有正在采集的内容：{what}。请在端口页查看现在正在采集哪些记录仪。',
    en: 'Nothing is being copied there: {what}. Look at the dock wall for what is being copied now.',
  },
  'docking.cancelled': {
    zh: '采集已终止，仍有文件未采集：{what}。请取出记录仪再放回，将继续采集。',
    en: 'Copying was stopped and files are not copied: {what}. Take the camera out and put it back to copy them.',
  },
  'usb.not-a-camera': {
    zh: 'USB 设备不是记录仪，未读取：{what}。请拔出，并查明是谁接入的。',
    en: 'The USB device is no camera and was not read: {what}. Take it out, and find out who put it in.',
  },
  'usb.composite': {
    zh: 'USB 设备除存储外还冒充键盘等其他设备，已拒绝，未读取：{what}。请拔出交管理员查验。',
    en: 'The USB device is a disk and at the same time something no camera is, such as a keyboard; it was refused and not read: {what}. Take it out and give it to the administrator.',
  },
  'usb.not-privileged': {
    zh: '采集站不能读取或挂载该设备，记录仪未读取：{what}。请管理员检查是否已安装并启用挂载服务（evidock-usb.socket）和 udev 规则。',
    en: 'The station may not read or mount the device, so the camera was not read: {what}. Have the administrator see that the mount service (evidock-usb.socket) and the udev rule are installed.',
  },
  'clear.write-protected': {
    zh: '记录仪或其存储卡处于写保护状态，文件已安全入库，但未能从中清除：{what}。请解除写保护后重新接入。',
    en: 'The camera or its card is write-protected; its files are safe in the vault but cannot be cleared from it: {what}. Take the protection off and dock it again.',
  },
  'source.incomplete': {
    zh: '文件有一部分无法读取：{what}。可读部分已保存并标记为不完整；请保留记录仪，勿清除，换读卡器后重新接入。',
    en: 'Part of a file cannot be read: {what}. What can be read is kept and marked as incomplete; keep the camera, do not clear it, and dock it again with another reader.',
  },
  'data-folder.taken': {
    zh: '数据目录不为空：{what}。请用 --data 指定一个空目录；已有的采集站不会被覆盖。',
    en: 'The data folder is not empty: {what}. Name an empty one with --data; a station that is there is never replaced.',
  },
  'archive.no-ledger': {
    zh: '归档中没有该采集站的台账：{what}。请核对归档位置和采集站编号。',
    en: 'The archive holds no ledger of this station: {what}. Check which archive it is and the id of the station.',
  },
  'archive.which-station': {
    zh: '归档中有多个采集站：{what}。请用 --station 指定其中一个。',
    en: 'The archive holds several stations: {what}. Name one of them with --station.',
  },
  'catalogue.failed': {
    zh: '目录表处理失败：{what}。证据和台账未受影响，将自动重试；一直如此请查看日志。',
    en: 'Work on the catalogue tables failed: {what}. Evidence and ledger are untouched, and it is tried again; look at the log if it stays like that.',
  },
  'archive.no-catalogue': {
    zh: '归档中还没有任何采集站的目录表：{what}。请先在采集站上运行 evidock archive catalogue。',
    en: 'The archive has no catalogue of any station yet: {what}. Run evidock archive catalogue at a station first.',
  },
  'port.nothing-plugged': {
    zh: '没有等到任何设备接入：{what} 号口未指定位置。请重新开始，并在等待期间接入记录仪。',
    en: 'Nothing was plugged in, so the place of port {what} is not known. Start again and plug a camera in while it waits.',
  },
  'port.not-learned': {
    zh: '{what} 号口没有指定过位置，无需取消。请查看端口列表。',
    en: 'The place of port {what} was never shown. Look at the list of ports.',
  },
  'usb.not-watched': {
    zh: '采集站没有监视 USB 端口：{what}。请用 --usb 启动采集站后再试。',
    en: 'This station does not watch USB ports: {what}. Start it with --usb and try again.',
  },
  'camera.password-missing': {
    zh: '记录仪已上锁，采集站没有它的密码，未读取：{what}。请管理员在“记录仪”页设置密码，然后取出重新接入。',
    en: 'The station has no password for this locked camera: {what}. Have the administrator set it under Cameras, then dock it again.',
  },
  'camera.password-wrong': {
    zh: '记录仪不接受采集站保存的密码，未读取：{what}。为免锁死，不会再次尝试；请管理员更正密码，然后取出重新接入。',
    en: 'The camera refuses the password the station has: {what}. It is not tried again, so that nothing locks itself; have the administrator correct it, then dock it again.',
  },
  'camera.password-invalid': {
    zh: '这不可能是此类记录仪的密码：{what}。请核对密码的长度和字符后重新输入。',
    en: 'This cannot be a password of such a camera: {what}. Check its length and characters, and enter it again.',
  },
  'camera.no-answer': {
    zh: '记录仪没有应答，或应答无法理解，未读取：{what}。请取出重新接入；仍不行时请重启记录仪，并检查采集站能否访问 USB 设备。',
    en: 'The camera does not answer, or not in its protocol: {what}. Dock it again; if that does not help, restart it, and check that the station may open USB devices.',
  },
  'camera.command-refused': {
    zh: '记录仪拒绝了解锁后的操作，未读取：{what}。请管理员改用管理员密码后取出重新接入。',
    en: 'The camera took the password and refuses what comes after it: {what}. Have the administrator set its admin password instead, then dock it again.',
  },
  'camera.not-switched': {
    zh: '记录仪已解锁，但没有变为磁盘，未读取：{what}。请取出重新接入；仍不行时请重启记录仪。',
    en: 'The camera was unlocked but did not become a disk: {what}. Dock it again; if that does not help, restart it.',
  },
  'camera.clock-not-read': {
    zh: '读不到记录仪的时钟，因此没有校时：{what}。请人工核对它的时间。',
    en: 'The clock of the camera could not be read, so it was not set: {what}. Check its time by hand.',
  },
  'camera.clock-not-set': {
    zh: '记录仪的时钟没有校准：{what}。偏差已记录；请人工校时。',
    en: 'The clock of the camera was not set: {what}. Its drift is recorded; set it by hand.',
  },
  'usb.unstable': {
    zh: '设备反复断开又重新连接，暂不读取：{what}。请更换数据线或端口；仍然如此请交管理员查验该记录仪。',
    en: 'The device goes and comes again and again, and is not read for now: {what}. Try another cable or port; if it goes on, have the camera looked at.',
  },
  'usb.no-answer': {
    zh: '接入的设备没有应答，无法识别：{what}。请重新插好，更换数据线，或给记录仪充电后再试。',
    en: 'Something is plugged in that does not answer: {what}. Plug it in again, try another cable, or charge the camera first.',
  },
  'usb.no-power': {
    zh: '端口供电不足或电流过大：{what}。请拔出该设备，改接自带电源的集线器。',
    en: 'The port cannot give the power that is drawn from it: {what}. Take the device out and use a hub with a power supply of its own.',
  },
  'usb.controller-full': {
    zh: 'USB 控制器可接设备数已满：{what}。请拔出一些设备，或为采集站加装 USB 控制器卡。',
    en: 'The USB controller cannot take more devices: {what}. Take some out, or add a controller card to the station.',
  },
  'usb.too-slow': {
    zh: '设备以低于自身和端口能力的速率连接，采集会很慢：{what}。请更换数据线或集线器。',
    en: 'The device is connected more slowly than it and its port could be, and copying will take long: {what}. Try another cable or hub.',
  },
  'usb.read-errors': {
    zh: '存储卡有读取错误：{what}。请勿格式化该卡，采集后交管理员查验。',
    en: 'The card has sectors that cannot be read: {what}. Do not format it; give it to the administrator once it is copied.',
  },
  'usb.undervoltage': {
    zh: '采集站主机供电电压不足：{what}。请更换电源，否则设备可能掉线。',
    en: 'The voltage of the station itself is too low: {what}. Use a better power supply, or devices may drop out.',
  },
  'usb.wrong-mode': {
    zh: '已登记的记录仪没有以存储设备方式连接，未读取：{what}。请在记录仪上选择“USB 存储”模式，或重新接入。',
    en: 'A known camera is connected, but not as a disk, and was not read: {what}. Choose USB storage on the camera, or plug it in again.',
  },
  'usb.log-unreadable': {
    zh: '无法读取内核日志，端口自检不完整：{what}。请给采集站服务 CAP_SYSLOG 权限。',
    en: 'The log of the kernel cannot be read, so the self-test of the ports is not complete: {what}. Give the station service CAP_SYSLOG.',
  },
  'destination.busy': {
    zh: '存储目标忙：{what}。稍后将自动重试。',
    en: 'The destination is busy: {what}. It is tried again by itself.',
  },
  'destination.credentials': {
    zh: '存储目标不接受访问密钥：{what}。请更换密钥文件，并核对采集站时钟。',
    en: 'The destination does not accept the key: {what}. Renew the key file, and check the clock of the station.',
  },
  'destination.not-permitted': {
    zh: '该密钥在存储目标上没有所需权限：{what}。请让该目标的管理员授权读、写、列举和锁定。',
    en: 'The key may not do what is needed at the destination: {what}. Have its administrator allow reading, writing, listing and locking.',
  },
  'destination.not-trusted': {
    zh: '无法确认存储目标服务器的身份，未发送任何内容：{what}。请核对其证书或主机密钥。',
    en: 'The server of the destination cannot prove who it is; nothing was sent: {what}. Check its certificate or host key.',
  },
  'destination.refused': {
    zh: '存储目标拒绝接受，重试无用：{what}。原件仍在本地库中；请与该目标的管理员查明原因，再手动推送。',
    en: 'The destination refuses it, and will again: {what}. The originals stay in the vault; find out why with its administrator, then push by hand.',
  },
  'destination.lacking': {
    zh: '存储目标做不到所要求的保护：{what}。请在该目标上启用版本控制和对象锁定，或不要求锁定。',
    en: 'The destination cannot protect as is asked: {what}. Have versioning and Object Lock turned on there, or do not ask for a lock.',
  },
  'destination.key-unusable': {
    zh: '无法使用存储目标的密钥文件：{what}。该文件须仅采集站用户可读（0600），且为规定格式。',
    en: 'The key file of the destination cannot be used: {what}. Only the user of the station may read it (0600), and it has to be of the form asked for.',
  },
  'destination.no-catalogue': {
    zh: '此类存储目标中不写入目录表，无法据其查看、核对或重建采集站：{what}。请改用目录或 S3 存储目标；证据照常归档。',
    en: 'No catalogue tables are kept at a destination of this kind, so its stations cannot be listed, reconciled or rebuilt from it: {what}. Use a folder or an S3 store; evidence is archived as ever.',
  },
  'source.reads-differ': {
    zh: '同一文件两次读取的内容不同：{what}。没有保存；请更换数据线或端口后重新接入记录仪。',
    en: 'Two readings of one file are not the same: {what}. It was not stored; dock the camera again with another cable or in another port.',
  },
  'destination.paused': {
    zh: '存储目标已暂停，不会推送任何文件：{what}。请在“归档”页面或用 evidock destination resume 恢复。',
    en: 'The destination is paused, nothing goes there: {what}. Resume it on the Archive screen or with evidock destination resume.',
  },
  'destination.off-hours': {
    zh: '按推送时段，现在不向该存储目标推送：{what}。时段开始后自动推送；如需现在推送，请修改其时段。',
    en: 'By its hours nothing goes to the destination now: {what}. It goes on by itself when its hours begin; to push now, change them.',
  },
  'camera.image-only': {
    zh: '只制作了存储卡的原始镜像，未能读取其中的文件：{what}。请勿再使用该卡，将卡和镜像一并交专业人员恢复；卡未清除。',
    en: 'Only a raw image of the card was taken, and none of its files read: {what}. Do not use the card any more; give card and image to an expert. The card was not cleared.',
  },
  'docking.no-image': {
    zh: '该端口没有需要制作原始镜像的存储卡：{what}。只有无法读取文件系统的 USB 存储卡才可制作镜像。',
    en: 'There is no card on this port that a raw image could be taken of: {what}. It is only taken of USB cards whose file system cannot be read.',
  },
  'destination.connection-file-invalid': {
    zh: '连接文件无法使用：{what}。请向该目标的管理员索取新的连接文件（JSON，不超过 64 kB）后重新导入。',
    en: 'The connection file cannot be used: {what}. Ask the administrator of the destination for a new one (JSON, at most 64 kB), and import it again.',
  },
  'destination.wants-encryption': {
    zh: '该目标要求先加密再上传，本采集站不支持：{what}。请让其管理员关闭 WantEncryption 后重新导出连接文件，或改用其他存储目标。',
    en: 'The destination wants clips encrypted before they are sent, which this station does not do: {what}. Have its administrator turn WantEncryption off and export the connection file again, or use another destination.',
  },
  'destination.no-licence': {
    zh: '存储目标的许可数已用完，不再接受新的警员或记录仪：{what}。请让该目标的管理员增加许可；之后将自动继续。',
    en: 'The destination has no licence left for another officer or camera: {what}. Have its administrator add licences; it goes on by itself then.',
  },
  'vault.item-freed': {
    zh: '原始文件已按策略从本站移除，仅存于归档：{what}。请从归档的归档包中取用。',
    en: 'By policy the original is no longer on this station, only in the archive: {what}. Take it from its bag there.',
  },
};

/** The sentence for a failure in one language, with what it concerns put in. */
export function errorText(code: ErrorCode, what: string, language: 'zh' | 'en'): string {
  return ERROR_TEXTS[code][language].replace('{what}', () => what);
}
